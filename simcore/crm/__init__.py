"""What the exports of a CRM hold: deals, stage entries and calls as columns, and what is wrong with them."""
