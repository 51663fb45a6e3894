"""Saving, loading and converting a Keras model: the same answers, words for damaged files, nothing half-written."""

import errno

import numpy as np
import pytest

from course_lib import export

keras = pytest.importorskip("keras")


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Input((6, 6, 1)), keras.layers.Conv2D(3, 3, activation="relu"), keras.layers.Flatten()]
    return keras.Sequential([*layers, keras.layers.Dense(4, activation="softmax")])


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(0).random((9, 6, 6, 1), dtype=np.float32)


def test_the_same_answers_from_the_file(model, x, tmp_path):
    path = tmp_path / "模型 one.keras"
    size = export.save_model(model, path)
    assert size == path.stat().st_size and [p.name for p in tmp_path.iterdir()] == [path.name]
    np.testing.assert_array_equal(export.load_model(path).predict(x, verbose=0), model.predict(x, verbose=0))


def test_the_same_answers_from_tensorflow_lite(model, x, capfd):
    content = export.to_tflite(model)
    np.testing.assert_allclose(export.tflite_predict(content, x), model.predict(x, verbose=0), atol=1e-6)
    assert export.tflite_predict(content, x[:1]).shape == (1, 4)
    small = export.to_tflite(model, int8=True)
    assert np.abs(export.tflite_predict(small, x) - model.predict(x, verbose=0)).max() < 0.05
    assert "Saved artifact" not in capfd.readouterr().out


def test_a_full_disk_leaves_the_old_file(model, tmp_path, monkeypatch):
    path = tmp_path / "one.keras"
    export.save_model(model, path)
    before = path.read_bytes()

    def full(self, target, *arguments, **options):
        target.write_bytes(b"half of it")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(type(model), "save", full)
    with pytest.raises(
        OSError, match="could not be written to .*one.keras: No space left on device. Nothing was changed"
    ):
        export.save_model(model, path)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_what_is_no_model_is_told(model, x, tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file"):
        export.load_model(tmp_path / "none.keras")
    for call in (export.load_model, lambda path: export.save_model(model, path)):
        with pytest.raises(ValueError, match="must end in .keras"):
            call(tmp_path / "model.h5")
    text = tmp_path / "text.keras"
    text.write_text("not a model")
    with pytest.raises(ValueError, match="no saved model, or it was cut off"):
        export.load_model(text)
    export.save_model(model, tmp_path / "good.keras")
    text.write_bytes((tmp_path / "good.keras").read_bytes()[:2000])
    with pytest.raises(ValueError, match="cut off"):
        export.load_model(text)
    import zipfile

    with zipfile.ZipFile(text, "w") as archive:
        archive.writestr("recipe.txt", "nothing of a model")
    with pytest.raises(ValueError, match="is a zip archive, but Keras cannot make a model of it"):
        export.load_model(text)
    with pytest.raises(ValueError, match="These 5 bytes are no TensorFlow Lite model"):
        export.tflite_predict(b"hello", x)
    with pytest.raises(ValueError, match=r"x has shape \(9, 5, 6, 1\), but the model takes \(N, 6, 6, 1\)"):
        export.tflite_predict(export.to_tflite(model), x[:, 1:])
