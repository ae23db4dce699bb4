"""What is said, drawn and listed of exports, forecasts and backtests: answers, pictures and tables of each document."""
