"""What is held on a customer, a contact or a person: exported as files, and erased."""
