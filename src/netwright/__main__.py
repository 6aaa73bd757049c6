"""`python -m netwright` is the command line."""

from netwright.cli.main import main

if __name__ == "__main__":
    main()
