"""`python -m compsvc`: the command line."""

from compsvc.cli import main

if __name__ == "__main__":
    main()
