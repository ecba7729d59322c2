"""What a person types → calls into the stages, and what they answer → a terminal or JSON.

Does not hold rules about the data.
"""
