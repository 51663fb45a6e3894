"""What the tests of real text and table data share."""

import pytest

from tests.environment import data_folder


def real_data(data_set):
    """A mark that leaves a test out, with the reason, where the files of `data_set` are not on this computer."""
    here = data_folder()
    there = here and all((here / data_set.folder / file.name).is_file() for file in data_set.files)
    return pytest.mark.skipif(not there, reason=f"{data_set.folder} is not on this computer (COURSE_DATA)")


def linear_svm(train, test, analyzer, ngram_range):
    """Accuracy on `test` of TF-IDF with a linear SVM, fitted on `train` (Texts)."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    tfidf = TfidfVectorizer(analyzer=analyzer, ngram_range=ngram_range, sublinear_tf=True)
    return make_pipeline(tfidf, LinearSVC(random_state=0)).fit(train.texts, train.y).score(test.texts, test.y)
