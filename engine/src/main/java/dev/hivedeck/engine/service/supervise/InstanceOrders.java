package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.config.service.ServiceConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What an instance is told to do.
 *
 * @param version whose it is
 * @param folder what stands for the repository's root; null for that
 * @param commit that is checked out there; null to look
 * @param wanted whether it is to run
 * @param turn instances of an earlier one are begun anew
 * @param mayTurn whether it is its turn to be
 * @param waits for what it waits before it is begun; empty for nothing
 * @param others whether others take over what it would be asked
 */
record InstanceOrders(
    ServiceConfig config,
    String version,
    @Nullable Path folder,
    @Nullable String commit,
    boolean wanted,
    long turn,
    boolean mayTurn,
    String waits,
    boolean others) {}
