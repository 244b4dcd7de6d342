package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.protocol.merge.MergeMethod;
import java.util.Map;

/**
 * Work that is to come to main.
 *
 * @param head its last commit
 * @param method how it comes there
 * @param subject of the commit that is made of it
 * @param trailers by which main tells of it
 */
public record Incoming(
    String head, MergeMethod method, String subject, Map<String, String> trailers) {}
