"""The known habits of chargers, and which of them the product covers: ``docs/vendors.md``.

Each habit has a test that shows it covered, or the reason why it is not.
``python -m tests.vendors`` writes the document.
"""
