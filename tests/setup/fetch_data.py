"""Download every real data set of the catalogue into the cache (`COURSE_CACHE`), each checked by its sha256.

python -m tests.setup.fetch_data
"""

from course_lib import data


def main():
    for name, data_set in data.CATALOGUE.items():
        if data_set.files:
            data.load(name, source="real")  # what is made from an archive is made here
        for file in data_set.files:
            print(f"{data_set.folder}/{file.name}: {data.fetch(data_set, file.name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
