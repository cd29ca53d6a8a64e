"""Other systems that ask us by themselves: who they are, how they prove it, and what they may see."""
