/**
 * Who may do what: tokens of the engine's endpoints, the lock that leaves a workspace to one
 * engine, consent to a workspace's commands, masking of secrets. It keeps no secret in clear.
 */
package dev.hivedeck.engine.security;
