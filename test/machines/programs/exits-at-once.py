import sys
print("last words", file=sys.stderr)
sys.exit(7)
