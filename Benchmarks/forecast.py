"""Writes the matrix, runs Leeward and numpy on it in turn (three times each) and prints the better of both; see Benchmarks/forecast."""
import subprocess, sys, time
import numpy as np

path, count, program = sys.argv[1], int(sys.argv[2]), sys.argv[3]
DAY, POINTS, AHEAD = 288, 8064, 12


def design(slots):
    """17 Fourier columns (eight waves a day) for each of working day, Saturday and Sunday, and four weekdays."""
    angle = 2 * np.pi * (slots % DAY) / DAY
    weekday = (slots // DAY) % 7
    kind = np.where(weekday < 5, 0, weekday - 4)
    waves = [np.ones((len(slots), 1))]
    waves += [np.stack([np.sin(k * angle), np.cos(k * angle)], 1) for k in range(1, 9)]
    waves = np.concatenate(waves, 1)
    columns = [waves * (kind == k)[:, None] for k in range(3)]
    return np.concatenate(columns + [(weekday == d)[:, None].astype(float) for d in range(1, 5)], 1).astype(np.float32)


slots = np.arange(POINTS)
random = np.random.default_rng(1)
matrix = np.empty((count, POINTS), np.float32)
for start in range(0, count, 500):
    rows = min(500, count - start)
    week = random.uniform(0, 0.3, (rows, 1)) * np.sin(2 * np.pi * slots / 2016)
    noise = 0.05 * random.standard_normal((rows, POINTS), dtype=np.float32)
    matrix[start:start + rows] = 1000 * np.exp(0.5 * np.sin(2 * np.pi * slots / DAY) + week + noise)
matrix.tofile(path)
known, future = design(slots), design(np.arange(POINTS, POINTS + AHEAD))


def numpy_fit(logarithms):
    values = np.log(np.maximum(matrix, 0.5)) if logarithms else matrix
    solved = np.linalg.solve(known.T @ known, known.T @ values.T)
    distance = (values[:, -12:] - (known[-12:] @ solved).T).mean(1)
    result = (future @ solved).T + distance[:, None]
    return np.exp(result) if logarithms else result


seconds, sums, others = {}, {}, {}
for _ in range(3):
    output = subprocess.run([program, "forecast-speed", path, str(POINTS)], capture_output=True, text=True, check=True)
    for line in output.stdout.splitlines():
        words = line.split()
        if words[0] == "fit":
            seconds.setdefault(("leeward", words[1]), []).append(float(words[2]))
            sums["leeward", words[1]] = float(words[3])
        else:
            others[" ".join(words[:-1])] = float(words[-1])
    for name in ("raw", "log"):
        start = time.process_time()
        answer = numpy_fit(name == "log")
        seconds.setdefault(("numpy", name), []).append(time.process_time() - start)
        sums["numpy", name] = float(answer.astype(np.float64).sum())

print(f"{count} series x {POINTS} points, fit and predict {AHEAD} steps; CPU seconds on one core, best of three; numpy {np.__version__}")
for name, what in (("raw", "values"), ("log", "logarithms")):
    own, other = min(seconds["leeward", name]), min(seconds["numpy", name])
    apart = abs(sums["leeward", name] / sums["numpy", name] - 1)
    print(f"{what:<12} leeward {own:.3f}   numpy {other:.3f}   ratio {own / other:.2f}   sums of forecasts apart by {apart:.1e}")
print(f"memory per series: week profile {others['bytes profile']:.0f} bytes; whole service in a region {others['bytes service']:.0f} bytes, "
      f"and {others['bytes region'] / 1024:.0f} KiB once per region")
print(f"one sample of one service: {others['sample day9']:.2f} us after 9 days, {others['sample day21']:.2f} us after 21; "
      f"the first fit of 200 services once: {others['first-fit']:.2f} s")
