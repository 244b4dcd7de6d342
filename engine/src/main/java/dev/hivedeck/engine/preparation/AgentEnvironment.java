package dev.hivedeck.engine.preparation;

import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.security.SecretValues;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an agent is given by its configuration, whatever it is to do. */
public final class AgentEnvironment {
  private AgentEnvironment() {}

  /**
   * The variables that are set for it, and those that are passed on to it.
   *
   * @param secrets is told of those that are secret
   */
  public static Map<String, String> of(AgentSpec agent, SecretValues secrets) {
    var environment = new LinkedHashMap<String, String>();
    for (String name : agent.pass()) {
      String value = System.getenv(name);
      if (value != null) {
        environment.put(name, value);
        if (!ProcessTree.isPlain(name)) {
          secrets.add(List.of(value));
        }
      }
    }
    environment.putAll(agent.env());
    agent.env().entrySet().stream()
        .filter(e -> SecretValues.isSecretName(e.getKey()))
        .forEach(e -> secrets.add(List.of(e.getValue())));
    return environment;
  }

  /** What its processes may take together. */
  public static ResourceQuota quota(AgentSpec agent) {
    var limits = agent.limits();
    return limits == null
        ? ResourceQuota.NONE
        : new ResourceQuota(limits.memory(), limits.cpu(), limits.processes());
  }
}
