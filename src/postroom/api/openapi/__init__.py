"""The OpenAPI 3.1 document, made from the endpoints as they are declared.

`document` puts it together, `parameters` and `answers` write what goes in and comes out, `words`
are the sentences that the declarations do not have.
"""
