package dev.hivedeck.engine.preparation;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What scripts that were written for Conductor, Superset or Emdash look for. */
final class OrchestratorVariables {
  private OrchestratorVariables() {}

  /**
   * @param root the user's checkout
   * @param main the branch that work begins from
   * @param folder where work is done
   * @param port the first of its own; 0 where it has none
   */
  static Map<String, String> of(Path root, String main, Path folder, int port) {
    String name = name(folder) + "-" + Integer.toHexString(root.toString().hashCode());
    var variables = new LinkedHashMap<String, String>();
    variables.put("CONDUCTOR_ROOT_PATH", root.toString());
    variables.put("CONDUCTOR_WORKSPACE_PATH", folder.toString());
    variables.put("CONDUCTOR_WORKSPACE_NAME", name);
    variables.put("CONDUCTOR_DEFAULT_BRANCH", main);
    variables.put("SUPERSET_ROOT_PATH", root.toString());
    variables.put("SUPERSET_WORKSPACE_PATH", folder.toString());
    variables.put("SUPERSET_WORKSPACE_NAME", name);
    variables.put("EMDASH_ROOT_PATH", root.toString());
    variables.put("EMDASH_TASK_PATH", folder.toString());
    variables.put("EMDASH_TASK_NAME", name);
    variables.put("EMDASH_TASK_ID", name);
    variables.put("EMDASH_DEFAULT_BRANCH", main);
    if (port > 0) {
      for (String alias : new String[] {"CONDUCTOR_PORT", "SUPERSET_PORT_BASE", "EMDASH_PORT"}) {
        variables.put(alias, Integer.toString(port));
      }
    }
    return variables;
  }

  /** Of each folder of a workspace another; what databases and containers may be called. */
  private static String name(Path folder) {
    String name = Objects.requireNonNull(folder.getFileName()).toString();
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
  }
}
