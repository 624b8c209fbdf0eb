//! What is stored: verified, anchored, room, backups.
