package dev.hivedeck.engine.process;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this machine has left.
 *
 * @param memory bytes that programs can still have; Linux counts what its caches would give back
 * @param load the mean length of the run queue over a minute, per core; 0 where it is not known
 */
public record MachineCapacity(long memory, double load) {
  private static final Path MEMORY = Path.of("/proc/meminfo");

  /** Reads it now. */
  public static MachineCapacity now() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    double load = system.getSystemLoadAverage() / system.getAvailableProcessors();
    return new MachineCapacity(available(), Math.max(0, load));
  }

  private static long available() {
    try {
      for (String line : Files.readAllLines(MEMORY)) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
    } catch (IOException e) {
      // Not Linux: what the platform calls free.
    }
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getFreeMemorySize()
        : Long.MAX_VALUE;
  }
}
