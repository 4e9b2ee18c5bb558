"""The history of rows as people read it: who changed what, before and after."""
