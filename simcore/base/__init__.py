"""What every package uses: version, errors, safe text, parsing of numbers, money, periods, documents."""
