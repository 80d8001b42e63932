"""Prices and costs on displays of stations whose protocol has no place for them.

In: running and ended sessions with a tariff. Out: tell_user_price, tell_running_cost and
tell_final_cost for stations that announce CustomDisplayCostAndPrice. Others are left alone:
a 2.0.1 station hears the cost in the answers to its own messages.
"""
