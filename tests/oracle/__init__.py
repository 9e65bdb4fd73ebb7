"""The oracle: the ledger told a second time in plain Python, and a driver that holds the product against it.

terms.py, purse.py, cards.py, bill.py and shop.py are the model: written from docs/ledger.md, they share no code with
the product. product.py does the same steps through the product's domain functions; driver.py and reports.py compare;
seasons.py and chance.py draw what happens; campaign.py is ./regulars oracle.
"""
