"""The commands on a tiny text, from `fit` to what is written."""

import json

import pytest

import netwright as nw
from netwright.training.language import pictures

TEXT = "".join(
    f"{number} little ducks went out one day{', over the hills' * (number % 3)}\nand far away.\n"
    for number in range(60)
)
QUICK = [
    *("--set", "network.width=16", "--set", "network.depth=1", "--set", "network.context=16"),
    *("--set", "training.epochs=2", "--set", "windows.steps_per_epoch=3", "--set", "training.batch_size=4"),
    *("--set", "training.threads=1", "--set", "training.precision=float32"),
]


@pytest.fixture(autouse=True)
def short_samples(monkeypatch):
    monkeypatch.setattr(pictures, "WRITTEN", 5)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("language")
    (folder / "ducks.txt").write_text(TEXT)
    settings = dict(zip(["network.width", "network.depth", "network.context"], [16, 1, 16], strict=True))
    settings |= {"training.epochs": 2, "windows.steps_per_epoch": 3, "training.batch_size": 4}
    settings |= {"training.threads": 1, "training.precision": "float32"}
    return nw.fit(folder / "ducks.txt", settings=settings, options=nw.FitOptions(runs=folder)).path


@pytest.fixture
def text(tmp_path):
    (tmp_path / "ducks.txt").write_text(TEXT)
    return tmp_path / "ducks.txt"


def test_fit_trains_a_language_model_on_a_text_and_says_why(netwright, text):
    done = netwright("fit", text, "--runs", text.parent / "runs", *QUICK)
    assert done.code == 0, done.err
    for said in (
        "no delimiter",
        "set aside 0",
        "to beat: 6-gram",
        "nats per character",
        "netwright gen",
    ):
        assert said in " ".join(done.out.split()), said  # a long path moves the line breaks
    assert (text.parent / "runs" / "ducks-1" / "report.html").exists()


def test_fit_as_json_is_one_object(netwright, text):
    done = netwright("fit", text, "--runs", text.parent / "runs", "--json", *QUICK)
    found = json.loads(done.out)
    assert found["task"] == "language"
    assert found["bytes"] == {"in": len(TEXT), "used": len(TEXT), "rejected": 0}
    assert found["test"]["measure"]["nats_per_character"] > 0


def test_a_delimited_txt_is_still_a_table(netwright, tmp_path):
    path = tmp_path / "table.txt"
    path.write_text("a\tb\n" + "".join(f"{n % 13}\t{n % 2}\n" for n in range(80)))
    shown = netwright("show", path, "--target", "b", "--json")
    assert [column["name"] for column in json.loads(shown.out)["schema"]["columns"]] == ["a", "b"]
    assert "Name it with --target" in netwright("fit", path, "--runs", tmp_path).err


def test_a_target_makes_a_text_a_table_and_a_task_makes_a_table_a_text(netwright, text, tmp_path):
    refused = netwright("fit", text, "--target", "ducks", "--runs", tmp_path)
    assert refused.code == 2
    assert not (tmp_path / "ducks-1").exists()
    table = tmp_path / "table.csv"
    table.write_text("".join(f"{n % 10},{n % 7},{n % 3}\n" for n in range(600)))
    done = netwright("fit", table, "--task", "language", "--runs", tmp_path, "--json", *QUICK)
    assert json.loads(done.out)["task"] == "language"


def test_generate_writes_the_same_for_the_same_seed(netwright, finished):
    call = ["generate", finished, "--prompt", "1 little", "--tokens", 30, "--temperature", 1, "--top-k", 20]
    one, same = (netwright(*call, "--top-p", 0.95, "--seed", 1) for _ in range(2))
    other = netwright(*call, "--top-p", 0.95, "--seed", 2)
    assert one.code == 0
    assert one.out.startswith("1 little")
    assert len(one.out) == len("1 little") + 30 + 1
    assert one.out == same.out != other.out


def test_generate_as_json_holds_prompt_text_and_how_it_was_drawn(netwright, finished):
    found = json.loads(netwright("generate", finished, "--prompt", "1", "--tokens", 7, "--json").out)
    assert (found["prompt"], len(found["text"]), found["sampling"]["seed"]) == ("1", 7, 0)


def test_python_writes_what_the_command_writes(netwright, finished):
    out = netwright("generate", finished, "--prompt", "1", "--tokens", 9, "--seed", 3).out
    assert nw.load(finished).generate("1", 9, nw.Sampling(seed=3)) == out[1:-1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--prompt", "Ω"], "expected characters that the network was trained on, got 'Ω'"),
        (["--tokens", "0"], "--tokens"),
        (["--top-p", "2"], "--top-p"),
        (["--temperature", "-1"], "--temperature"),
    ],
)
def test_generate_refuses_what_it_cannot_use_in_one_sentence(netwright, finished, options, said):
    done = netwright("generate", finished, *options)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 1


def test_show_and_evaluate_a_language_run(netwright, finished, text):
    shown = netwright("show", finished)
    assert shown.code == 0
    assert "tokenizer.name" in shown.out
    assert json.loads(netwright("show", finished, "--json").out)["vocabulary"] > 10
    text.write_text("9 little ducks\nwent out one day, over the\n")
    found = json.loads(netwright("evaluate", finished, text, "--json").out)["test"]
    assert (found["characters"], found["unknown"]) == (42, 0)
    assert "nats per character" in netwright("evaluate", finished, text).out


def test_show_of_a_text_says_what_is_in_it(netwright, text):
    found = json.loads(netwright("show", text, "--json").out)
    assert (found["characters"], set(found["alphabet"])) == (len(TEXT), set(TEXT))
    assert "no delimiter splits" in " ".join(netwright("show", text).out.split())


def test_each_kind_of_run_refuses_what_the_other_does(netwright, finished, finished_run, text):
    assert "expected the run of a language model" in netwright("generate", finished_run).err
    done = netwright("predict", finished, text, "--output", text.parent / "a.csv")
    assert done.code == 2
    assert "expected the run of a table" in done.err


def test_resume_of_a_finished_run_prints_it_again_and_other_settings_are_refused(netwright, finished):
    assert "nats per character" in netwright("fit", "--resume", finished).out
    assert netwright("fit", "--resume", finished, "--seed", 3).code == 2


def test_a_recipe_repeats_a_run(netwright, finished, tmp_path):
    done = netwright("fit", "--recipe", finished / "recipe.toml", "--runs", tmp_path, "--json")
    assert done.code == 0, done.err
    assert (tmp_path / "ducks-1" / "weights.safetensors").read_bytes() == (
        finished / "weights.safetensors"
    ).read_bytes()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no text: the file is empty"),
        (b"\0" * 40, "no text"),
        (b"too short", "expected at least about"),
        (b"caf\xe9 au lait " * 200, "UTF-8"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused_and_leaves_nothing(netwright, tmp_path, content, said):
    (tmp_path / "a.txt").write_bytes(content)
    done = netwright("fit", tmp_path / "a.txt", "--runs", tmp_path / "runs", *QUICK)
    assert done.code == 2
    assert said in done.err
    assert len(done.err.splitlines()) == 1
    assert not (tmp_path / "runs").exists()


def test_settings_of_tables_are_refused_for_a_text(netwright, text):
    done = netwright("fit", text, "--quality", "best")
    assert done.code == 2
    assert "got one for tables" in done.err


def test_a_typo_in_a_setting_names_the_nearest(netwright, text):
    done = netwright("fit", text, "--set", "network.widht=3")
    assert done.code == 2
    assert "did you mean 'width'" in done.err


@pytest.mark.parametrize("command", ["fit", "generate", "evaluate"])
def test_help_has_an_example_of_a_text(netwright, command):
    assert "tinyshakespeare" in netwright(command, "--help").out


@pytest.mark.parametrize("damage", ['{"kind": "characters", "vocabulary": 3}', "{", '{"kind": "bpe", "content": "{}"}'])
def test_a_damaged_tokenizer_is_said_in_one_sentence(netwright, finished, tmp_path, damage):
    import shutil

    folder = tmp_path / "run"
    shutil.copytree(finished, folder)
    (folder / "tokenizer.json").write_text(damage)
    done = netwright("generate", folder)
    assert done.code == 2
    assert "tokenizer.json" in done.err
    assert len(done.err.splitlines()) == 1
