"""What is published of a store: training actions with their sessions, for catalogues of other systems.

with open("catalogue.xml", "w", encoding="utf-8", newline="") as file:
file.writelines(lheo_catalogue(workflow))
"""

from poec_workflow.offers import Offer, OfferedSession
from poec_workflow.publishing.lheo_document import lheo_catalogue
from poec_workflow.publishing.offer_listing import published_offers

__all__ = ["Offer", "OfferedSession", "lheo_catalogue", "published_offers"]
