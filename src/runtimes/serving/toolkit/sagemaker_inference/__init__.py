"""What users' modules import of AWS's sagemaker-inference, where this Python has not AWS's own: content_types, decoder, encoder, errors."""
