"""Cards through Stripe's Checkout: the patient types the card on Stripe's own page, and nothing of it reaches us."""
