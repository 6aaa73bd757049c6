"""Names of columns that are missing, stand twice, look alike or were never meant as names; and very many of them."""

from malformed.case import HEADER, ROWS, fit, flowers, read, refuse, text, with_column

LINES = flowers()
NUMBERS = [str(i * 7 % 13) for i in range(ROWS)]
MANY = 20_000


def _wide(name: str, cell: str, count: int = MANY) -> str:
    columns = range(count)
    rows = [f"{line},{','.join(cell.format(i * k % 11) for k in columns)}" for i, line in enumerate(flowers(20))]
    return text(rows, f"{HEADER},{','.join(name.format(k) for k in columns)}").replace(HEADER, "w,h,c,kind", 1)


CASES = [
    refuse("a name stands twice", text(LINES, "width,width,colour,kind"), "t.csv", "'width'"),
    refuse("the target's name stands twice", text(LINES, "width,kind,colour,kind"), "'kind'"),
    refuse("every name is the same", text(LINES, "a,a,a,a"), "t.csv", command=fit("a")),
    read("names that differ in case only", text(LINES, "kind,Kind,KIND,kinD"), command=fit("kinD")),
    read("names that differ in Unicode only", text(LINES, "width,wi\u0501th,wi\u200bdth,kind")),
    read("names that are one letter, composed and decomposed", text(LINES, "\u00e9,e\u0301,colour,kind")),
    read("a blank name", text(LINES, "width,,colour,kind")),
    read("three blank names", text(LINES, ",,,kind")),
    read("a blank name beside one that is called as it would be", text(LINES, "column_2,,colour,kind")),
    read("names of white space", text(LINES, "width,   ,colour,kind")),
    read("names with quotes, commas and line ends", text(LINES, '"a ""b""","c,\nd",colour,kind')),
    read("names that steer a terminal", text(LINES, "\x1b[31mwidth,\x07height,colour,kind")),
    read("names that are HTML", text(LINES, "<script>alert(1)</script>,<b>,colour,kind")),
    read("names that are paths and settings", text(LINES, "../../width,a.b.c=1,colour,kind")),
    read("names that the answers use themselves", text(LINES, "prediction,row,target,kind")),
    read("names that are numbers", text(LINES, "1,2,3,kind")),
    read("names of 10,000 letters", text(LINES, f"{'w' * 10_000},{'h' * 10_000},colour,kind")),
    read("names that begin with a minus", text(LINES, "--width,-h,colour,--target")[:-1], command=fit("-1")),
    read("a column called as the index of pandas", with_column("Unnamed: 0", [str(i) for i in range(ROWS)])),
    read("20,000 columns of numbers", _wide("n{}", "{}"), 20, heavy=True),
    read("2,000 columns of words", _wide("n{}", "v{}", 2000), 20, heavy=True),
    read("20,000 blank columns", _wide("", ""), 20, heavy=True),
    read("2,000 columns of numbers", _wide("n{}", "{}", 2000), 20),
    refuse("20,000 columns of one name", _wide("same", "{}"), "t.csv", "'same'"),
]
