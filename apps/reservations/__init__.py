"""Reservations: an EVSE, a type of connector or any EVSE of a station, held for somebody.

In: orders from the faces, answers and updates of stations, sessions that name a reservation.
Out: ReserveNow and CancelReservation commands, and the life of each reservation.
"""
