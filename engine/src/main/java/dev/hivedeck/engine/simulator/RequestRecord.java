package dev.hivedeck.engine.simulator;

import java.time.Instant;
import java.util.List;

/**
 * A request that an agent made of the scripted model. What was in it is not kept: prompts hold
 * code, headers hold keys.
 *
 * @param path without its query, which may hold a key
 * @param api {@code chat}, {@code responses}, {@code messages}, {@code gemini}, {@code models},
 *     {@code count} or {@code other}
 * @param scenario null where none is played
 * @param step of the scenario, from 0; -1 where none is played
 * @param tools that the agent offers
 * @param key whether it came with a key
 * @param client how the agent calls itself
 * @param answer {@code text}, {@code tool NAME}, {@code failure}, {@code hang}, {@code aside} or
 *     {@code none}
 * @param status of the answer; 0 for none
 */
public record RequestRecord(
    Instant at,
    String method,
    String path,
    String api,
    String scenario,
    int step,
    List<String> tools,
    boolean key,
    String client,
    String answer,
    int status) {}
