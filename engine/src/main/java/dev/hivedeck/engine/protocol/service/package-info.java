/**
 * What clients hear of services and ask of them; who starts and watches them is {@code service}.
 */
@NullMarked
package dev.hivedeck.engine.protocol.service;

import org.jspecify.annotations.NullMarked;
