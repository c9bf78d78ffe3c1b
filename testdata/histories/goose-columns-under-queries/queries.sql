-- name: FindGuest :one
SELECT g.id, g.full_name, g.phone
FROM guests AS g
WHERE lower(full_name) = lower(sqlc.arg(name)) AND (phone = @phone OR @phone IS NULL);

-- name: ListBookings :many
WITH recent AS (
    SELECT * FROM bookings WHERE nights > @min_nights
)
SELECT recent.id, guests.full_name
FROM recent
JOIN guests ON guests.id = recent.guest_id
ORDER BY recent.id
LIMIT $1;

-- name: Book :exec
INSERT INTO bookings (guest_id, room, nights)
VALUES (@guest, @room, @nights)
ON CONFLICT (id) DO UPDATE SET nights = excluded.nights;

-- name: Open :many
SELECT sqlc.embed(open_bookings) FROM open_bookings;
