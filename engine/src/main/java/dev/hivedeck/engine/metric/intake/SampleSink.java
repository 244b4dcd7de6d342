package dev.hivedeck.engine.metric.intake;

import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import java.util.List;

/** Takes samples of others in. */
@FunctionalInterface
public interface SampleSink {
  /**
   * @param source who gives them: a service, a server, those who push
   * @return what of them is refused
   */
  Refused take(String source, List<Reading> readings);
}
