package dev.hivedeck.engine.service.supervise;

import org.jspecify.annotations.Nullable;

/** Takes what is measured of services. */
public interface ServiceMeter {
  /** Whether an instance is healthy now. */
  void up(String service, String instance, boolean healthy);

  /**
   * A check was made.
   *
   * @param millis what it took; null where it was not good
   */
  void checked(String service, String instance, @Nullable Double millis);

  /** An instance was begun again. */
  void restarted(String service, String instance);
}
