"""Documents that the tests of the command line plan from."""

SPEC = """# Greeter

## 1. Write the greeting

Estimate: 1/2/4 h

```sh run
echo hello > greeting.txt
```

```sh check
test -s greeting.txt
```

## 2. Document the greeting

```sh run
echo "says hello" > README.txt
```

```sh check
test -s README.txt
```
"""
CYCLE = """# Circle

## Write A

```yaml task
id: A
after: [B]
```

```sh check
true
```

## Write B

```yaml task
id: B
after: [A]
```

```sh check
true
```
"""
