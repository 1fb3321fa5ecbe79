"""How the front end talks to the storage: channels, the long-lived stream of small operations, and single calls."""
