"""What every module stands on: version, errors, safe text, numbers as people write them, money, periods, documents."""
