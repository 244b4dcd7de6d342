package dev.hivedeck.engine.service.registry;

import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.service.ServiceDirectory.ServiceAddress;
import dev.hivedeck.engine.service.health.HealthProbe.Checked;
import dev.hivedeck.engine.service.health.HealthStreak;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One that registered, with what was heard of it last. */
final class RegisteredInstance {
  final String host;
  final int port;
  final String version;
  final Duration ttl;
  final HealthRule rule;
  Instant heard;
  Instant since;
  ServiceState state;
  String why = "";
  HealthStreak streak = HealthStreak.NONE;
  boolean checking;
  Instant nextCheck;
  @Nullable Instant checkedAt;
  Checked last = new Checked(false, "", null);

  RegisteredInstance(
      String host, int port, String version, Duration ttl, HealthRule rule, Instant now) {
    this.host = host;
    this.port = port;
    this.version = version;
    this.ttl = ttl;
    this.rule = rule;
    this.heard = now;
    this.since = now;
    this.nextCheck = now;
    this.state = rule.kind() == CheckKind.NONE ? ServiceState.HEALTHY : ServiceState.STARTING;
  }

  boolean same(RegisteredInstance other) {
    return host.equals(other.host)
        && port == other.port
        && version.equals(other.version)
        && ttl.equals(other.ttl)
        && rule.equals(other.rule);
  }

  ServiceAddress address(String service, String name) {
    return new ServiceAddress(
        service,
        name,
        version,
        host,
        port,
        state == ServiceState.HEALTHY,
        state == ServiceState.UNHEALTHY);
  }

  ServiceInstance view(String name) {
    return new ServiceInstance(
        name,
        state,
        version,
        host,
        port,
        null,
        since,
        0,
        why,
        null,
        ttl.toMillis() / 1e3,
        rule.words());
  }
}
