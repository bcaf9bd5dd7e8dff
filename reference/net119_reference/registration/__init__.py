"""Registration: rules of applications, accounts and staff, without sockets or storage."""
