"""A local OpenID Connect provider for the demo and the tests.

It speaks the whole protocol (discovery, PKCE, nonce, signed identity tokens), so that signing in
runs through the very code that talks to Google. It asks for no password: whoever reaches it may
choose any of its accounts. That is why it listens on loopback alone and refuses to start beside a
production configuration.
"""

from central.accounts.local_provider.accounts import Account, AccountsError, read_accounts
from central.accounts.local_provider.grants import Client
from central.accounts.local_provider.provider import create_provider

__all__ = ["Account", "AccountsError", "Client", "create_provider", "read_accounts"]
