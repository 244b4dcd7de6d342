package dev.hivedeck.engine.protocol.service;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Command;
import org.jspecify.annotations.Nullable;

/** What is done with services. Answer of all: {@link ServiceViews.Service}. */
public sealed interface ServiceCommand extends Command {

  /** The service is to run, also one that was given up. */
  @JsonTypeName("service.start")
  record StartService(String id) implements ServiceCommand {}

  /** The service is not to run, until somebody starts it. */
  @JsonTypeName("service.stop")
  record StopService(String id) implements ServiceCommand {}

  /** Its instances are begun anew, one after another. */
  @JsonTypeName("service.restart")
  record RestartService(String id) implements ServiceCommand {}

  /**
   * Something that runs already tells where it is, or that it still is there.
   *
   * @param service its name
   * @param instance its own name; null for its address
   * @param host null for this machine
   * @param version null where it says none
   * @param ttl within which it has to be heard of again, as {@code 30s}; null for that
   * @param check {@code http} with a path, {@code tcp}, or null: then it is healthy while it is
   *     heard of
   */
  @JsonTypeName("service.register")
  record RegisterService(
      String service,
      @Nullable String instance,
      @Nullable String host,
      int port,
      @Nullable String version,
      @Nullable String ttl,
      @Nullable String check)
      implements ServiceCommand {}

  /**
   * It still is there.
   *
   * @param id the service
   * @param instance that registered
   */
  @JsonTypeName("service.heartbeat")
  record HeartbeatService(String id, String instance) implements ServiceCommand {}

  /**
   * It is going away.
   *
   * @param id the service
   * @param instance that registered; null for all of them
   */
  @JsonTypeName("service.deregister")
  record DeregisterService(String id, @Nullable String instance) implements ServiceCommand {}
}
