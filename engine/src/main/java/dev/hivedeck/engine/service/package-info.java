/**
 * Services: what runs beside the agents, is watched and found by name. It never moves traffic; who
 * does that asks {@code ServiceDirectory}.
 */
@NullMarked
package dev.hivedeck.engine.service;

import org.jspecify.annotations.NullMarked;
