"""Write ``docs/vendors.md``."""

from pathlib import Path

from tests.vendors.document import text

PATH = Path(__file__).resolve().parents[2] / "docs/vendors.md"

if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
    print(f"{PATH} is written")
