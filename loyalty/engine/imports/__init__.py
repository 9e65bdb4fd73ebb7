"""Files of past sales: what they are, what their columns mean, and which purchases and returns their lines say."""
