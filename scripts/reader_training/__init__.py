"""The parts of `scripts/train_reader.py`, from SQuAD files to a quantised span reader."""
