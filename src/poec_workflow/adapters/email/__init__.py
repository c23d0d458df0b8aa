"""E-mail: what a message says as a mail in French or English, and the ways to send it (extra `email`)."""

from poec_workflow.adapters.extras import needs_extra

with needs_extra("email"):
    from poec_workflow.adapters.email.address_book import AddressBook, Directory, Recipient
    from poec_workflow.adapters.email.email_channel import EmailChannel, MailBackend
    from poec_workflow.adapters.email.mail_texts import MailTexts
    from poec_workflow.adapters.email.smtp_backend import SmtpBackend

__all__ = ["AddressBook", "Directory", "EmailChannel", "MailBackend", "MailTexts", "Recipient", "SmtpBackend"]
