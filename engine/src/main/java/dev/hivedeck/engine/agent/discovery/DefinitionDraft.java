package dev.hivedeck.engine.agent.discovery;

import dev.hivedeck.engine.protocol.Discovery.Form;
import java.util.List;

/**
 * What a definition says, before it has a name in {@code hive.yaml}.
 *
 * @param id see {@link dev.hivedeck.engine.protocol.Discovery.Definition}
 * @param named what it calls itself, else its file
 * @param handle what its own command line agent knows it by, or null
 * @param folder the folders it lies in, within those that hold agents
 * @param category that it names itself, or null
 * @param description or null
 * @param text that may tell its category
 * @param run of a script; else null
 */
record DefinitionDraft(
    String id,
    String file,
    Form form,
    String named,
    String handle,
    String folder,
    String category,
    String description,
    String text,
    String model,
    List<String> owns,
    String run) {}
