"""The procedure's form: filled in at the portal, at a kiosk, or by staff at the counter."""
