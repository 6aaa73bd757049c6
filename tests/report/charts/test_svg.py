from netwright.report.charts.svg import element, shorten, text


def test_texts_and_attributes_are_escaped():
    drawn = text(1, 2, "<b>", class_='"><script>')
    assert drawn == '<text x="1" y="2" class="&#34;&gt;&lt;script&gt;">&lt;b&gt;</text>'


def test_elements_nest():
    assert element("g", element("title", "a & b")) == "<g><title>a &amp; b</title></g>"


def test_long_labels_are_cut_with_a_sign():
    assert shorten("a rather long label", 8) == "a rathe…"
