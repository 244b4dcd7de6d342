package dev.hivedeck.engine.protocol.service;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Query;
import org.jspecify.annotations.Nullable;

/** Questions about services. */
public sealed interface ServiceQuery extends Query {

  /** All services. Answer: a list of {@link ServiceViews.Service}. */
  @JsonTypeName("services")
  record Services() implements ServiceQuery {}

  /** One of them. Answer: {@link ServiceViews.Service}. */
  @JsonTypeName("service")
  record OneService(String id) implements ServiceQuery {}

  /**
   * A healthy instance of a service, each in turn. Answer: {@link ServiceViews.ServiceInstance}.
   */
  @JsonTypeName("service.instance")
  record HealthyInstance(String id) implements ServiceQuery {}

  /** What checks said of late. Answer: a list of {@link ServiceViews.ServiceFigures}. */
  @JsonTypeName("service.figures")
  record Figures() implements ServiceQuery {}

  /**
   * Lines of its log. Answer: {@link ServiceViews.ServiceLog}.
   *
   * @param instance only of that one; null for all
   * @param from place of the first; negative counts from the end
   */
  @JsonTypeName("service.log")
  record Log(String id, @Nullable String instance, long from, int limit) implements ServiceQuery {}
}
