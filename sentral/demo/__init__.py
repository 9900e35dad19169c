"""An invented province to try SENTRAL with: real villages, invented people, realistic dirt."""
