"""Words from people to codes, in one place: titles, places, industries, company sizes.

The workshop resolves rows of data here and the counter resolves questions here,
so that training and serving cannot drift apart.
"""
