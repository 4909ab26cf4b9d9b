-- Deliveries are told apart by delivery_seen; nothing is stored here any more.
DROP TABLE slack_event;
