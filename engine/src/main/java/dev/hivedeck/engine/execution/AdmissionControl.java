package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.config.QueueConfig;
import dev.hivedeck.engine.process.MachineCapacity;
import java.util.Locale;

/**
 * How many more agents the machine takes. One may always work, or nothing would ever get better.
 *
 * @param room how many
 * @param held why no more, in words; null when nothing but the number of agents limits it
 */
record AdmissionControl(int room, String held) {
  /** What an agent takes before its tools do: 160 to 530 MB were measured. */
  static final long AGENT = 512L << 20;

  /** No more are wanted. */
  static final AdmissionControl NONE = new AdmissionControl(0, null);

  /**
   * @param wanted how many more may work by number, 1 or more
   * @param running how many do
   */
  static AdmissionControl of(MachineCapacity now, QueueConfig limits, int wanted, int running) {
    int least = running == 0 ? 1 : 0;
    if (now.load() > limits.load()) {
      return new AdmissionControl(
          least,
          "load %.1f per core; no further agent begins above %.1f"
              .formatted(now.load(), limits.load()));
    }
    long fit = Math.max(0, now.memory() - limits.memory()) / AGENT;
    if (fit >= wanted) {
      return new AdmissionControl(wanted, null);
    }
    return new AdmissionControl(
        (int) Math.max(least, fit),
        "%s of memory left; another agent needs %s, and %s stay free"
            .formatted(size(now.memory()), size(AGENT), size(limits.memory())));
  }

  private static String size(long bytes) {
    return bytes >= 1L << 30
        ? String.format(Locale.ROOT, "%.1f GB", bytes / (double) (1L << 30))
        : (bytes >> 20) + " MB";
  }
}
